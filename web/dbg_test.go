package web_test
import ("testing";"counterfoil/models";"counterfoil/web/webtest")
func TestDbg(t *testing.T){ s:=newSite(t); _ = models.RoleStaff; c:=webtest.New(t,s.base); p:=c.Get("/errors/conflict"); t.Log(p.Status,p.Header,p.Body, s.log.String()) }
