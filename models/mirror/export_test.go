package mirror

// ReceiveAlone stores an event in a commit of its own, on the caller's goroutine: the yardstick for a lone sender.
func (m *Mirror) ReceiveAlone(body []byte) error {
	r, err := m.read(body)
	if err != nil {
		return err
	}
	return m.store([]*receipt{r})
}
