package selgora

import (
	"fmt"
	"log/slog"
)

// The types that carry a webhook's secret are printed from a copy of another
// type, which has the same fields and no methods, with the secret replaced.
type (
	plainWebhook             Webhook
	plainWebhookCreateParams WebhookCreateParams
	plainWebhookUpdateParams WebhookUpdateParams
)

func (w Webhook) redacted() plainWebhook {
	p := plainWebhook(w)
	p.Secret = hide(p.Secret)
	return p
}

func (p WebhookCreateParams) redacted() plainWebhookCreateParams {
	plain := plainWebhookCreateParams(p)
	plain.Secret = hide(plain.Secret)
	return plain
}

func (p WebhookUpdateParams) redacted() plainWebhookUpdateParams {
	plain := plainWebhookUpdateParams(p)
	if secret, ok := plain.Secret.Get(); ok {
		plain.Secret = Set(hide(secret))
	}
	return plain
}

func hide(secret string) string {
	if secret == "" {
		return ""
	}
	return redacted
}

// String shows the endpoint without its secret.
func (w Webhook) String() string { return fmt.Sprintf("%+v", w.redacted()) }

// GoString shows the endpoint without its secret.
func (w Webhook) GoString() string { return fmt.Sprintf("%#v", w.redacted()) }

// String shows the parameters without the secret.
func (p WebhookCreateParams) String() string { return fmt.Sprintf("%+v", p.redacted()) }

// GoString shows the parameters without the secret.
func (p WebhookCreateParams) GoString() string { return fmt.Sprintf("%#v", p.redacted()) }

// String shows the parameters without the secret.
func (p WebhookUpdateParams) String() string { return fmt.Sprintf("%+v", p.redacted()) }

// GoString shows the parameters without the secret.
func (p WebhookUpdateParams) GoString() string { return fmt.Sprintf("%#v", p.redacted()) }

// LogValue logs the endpoint without its secret.
func (w Webhook) LogValue() slog.Value { return slog.AnyValue(w.redacted()) }

// LogValue logs the parameters without the secret.
func (p WebhookCreateParams) LogValue() slog.Value { return slog.AnyValue(p.redacted()) }

// LogValue logs the parameters without the secret.
func (p WebhookUpdateParams) LogValue() slog.Value { return slog.AnyValue(p.redacted()) }
