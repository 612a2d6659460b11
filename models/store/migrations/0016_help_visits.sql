-- How often the help pages were asked for, and their links followed, as the server saw it. Nothing of who did.
create table help_visits (
  day      text    not null, -- of the shop's zone
  country  text    not null,
  language text    not null,
  topic    text    not null, -- page, klarna, app, shop
  n        integer not null,
  primary key (day, country, language, topic)
) strict, without rowid;
