package orders

import (
	"context"

	"counterfoil/models/acts"
)

// reconcileCapture settles a capture whose outcome is not known. It is a job: an error means "look again".
func (s *Service) reconcileCapture(ctx context.Context, args []byte) error {
	return s.acts.Reconcile(ctx, args, func(id string) (*acts.Act, error) {
		c, err := s.db.Reader.Capture(ctx, id)
		if err != nil {
			return nil, err
		}
		f, err := s.Facts(ctx, c.OrderID)
		if err != nil {
			return nil, err
		}
		return s.captureAct(f.Order, &c), nil
	})
}

// reconcileCancel settles a cancellation whose outcome is not known.
func (s *Service) reconcileCancel(ctx context.Context, args []byte) error {
	return s.acts.Reconcile(ctx, args, func(id string) (*acts.Act, error) {
		c, err := s.db.Reader.Cancellation(ctx, id)
		if err != nil {
			return nil, err
		}
		f, err := s.Facts(ctx, c.OrderID)
		if err != nil {
			return nil, err
		}
		return s.cancelAct(f.Order, &c), nil
	})
}

// reconcileRefund settles a refund whose outcome is not known.
func (s *Service) reconcileRefund(ctx context.Context, args []byte) error {
	return s.acts.Reconcile(ctx, args, func(id string) (*acts.Act, error) {
		r, err := s.db.Reader.RefundAct(ctx, id)
		return s.refundAct(&r), err
	})
}
