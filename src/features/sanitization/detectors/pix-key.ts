import type { Page } from '../page';

const UUID = /(?<![0-9A-Za-z_-])[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?![0-9A-Za-z_-])/gi;

/** Random keys of Pix. The other kinds (e-mail, telephone, CPF, CNPJ) are found as what they are. */
export function detectPixKeys(page: Page): void {
  if (!page.mentions(/pix|\bevp\b/i)) return;
  for (const { 0: written, index } of page.text.matchAll(UUID))
    page.weigh('BR_PIX_KEY', index, index + written.length, { announced: 0.9 }, false);
}
