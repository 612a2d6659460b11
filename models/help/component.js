// <payment-help><a href="https://desk.example.com/help">Help with your payment</a></payment-help>
// Leads the link inside to the page in the language of the shop's own page. Without this script the link leads to /help, which asks the browser.
// country="AT" names the country where the language does not. Nothing is sent, kept or shown by itself.
customElements.define("payment-help", class extends HTMLElement {
  connectedCallback() {
    const link = this.querySelector("a[href]");
    const near = this.closest("[lang]");
    const [language, region] = ((near && near.lang) || "").toLowerCase().split("-");
    const country = (this.getAttribute("country") || region || "").toLowerCase();
    if (link && /^[a-z]{2}$/.test(language) && /^[a-z]{2}$/.test(country)) {
      link.href = new URL(`/help/${country}/${language}`, link.href).href;
    }
  }
});
