import { Webhook } from 'standardwebhooks';
import { newWebhookSecret, signatureHeaders } from './webhook-signature';

const BODY = JSON.stringify({ type: 'job.succeeded', data: { job_id: 'j', text: 'grüße' } });

describe('signatureHeaders', () => {
  it('are what others who know the standard verify', () => {
    const secret = newWebhookSecret();
    const headers = signatureHeaders('msg_1', new Date(), BODY, [secret]);
    expect(new Webhook(secret).verify(BODY, headers)).toEqual(JSON.parse(BODY));
  });

  it('are good for whoever knows one of two secrets, and for nobody else', () => {
    const [now, before, other] = [newWebhookSecret(), newWebhookSecret(), newWebhookSecret()];
    const headers = signatureHeaders('msg_1', new Date(), BODY, [now, before]);
    expect(headers['webhook-signature']).toMatch(/^v1,\S{44} v1,\S{44}$/);
    for (const secret of [now, before]) expect(() => new Webhook(secret).verify(BODY, headers)).not.toThrow();
    expect(() => new Webhook(other).verify(BODY, headers)).toThrow(/signature/);
  });

  it('hold for one message at one time only', () => {
    const secret = newWebhookSecret();
    const webhook = new Webhook(secret);
    const headers = signatureHeaders('msg_1', new Date(), BODY, [secret]);
    expect(() => webhook.verify(`${BODY} `, headers)).toThrow(/signature/);
    expect(() => webhook.verify(BODY, { ...headers, 'webhook-id': 'msg_2' })).toThrow(/signature/);
    const later = String(Number(headers['webhook-timestamp']) + 1);
    expect(() => webhook.verify(BODY, { ...headers, 'webhook-timestamp': later })).toThrow(/signature/);
    const old = signatureHeaders('msg_1', new Date(Date.now() - 600_000), BODY, [secret]);
    expect(() => webhook.verify(BODY, old)).toThrow(/old/);
  });

  it('are what the standard says of known bytes', () => {
    // the example of the specification's own tests
    const secret = ['whsec', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'].join('_');
    const at = new Date(1_614_265_330_000);
    const headers = signatureHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', at, '{"test": 2432232314}', [secret]);
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });
});
