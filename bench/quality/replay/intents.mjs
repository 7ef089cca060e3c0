/** What customers of a shop want: every entry is one right answer, and the ways in which it is asked for. Written for this measurement. */

const list = (text) => text.trim().split(/\s*[|\n]\s*/);

/** To do something: a verb, what it is done to, and words that customers use instead. */
const ACTIONS = list(`
reset my password=recover my password=get a new password|change my email address=update my email=edit my e-mail address
change my delivery address=update the shipping address=send it to another address|cancel my order=stop an order I made
return a pair of shoes=send shoes back|return a damaged item=send back a broken product|track my parcel=follow my package
pay by invoice=get an invoice instead of paying by card|use a gift card=redeem a voucher|delete my account=close my account for good
create an account=sign up=register|change my phone number=update my mobile number|download my invoice=get a copy of the bill
apply a discount code=use a coupon|exchange a jacket for another size=swap a jacket|report a missing item=say that something is missing
contact a person=talk to a human agent|change the language of the app=switch the app to another language
verify my identity=prove who I am|remove a saved card=delete a stored credit card|add a second address=store another address
write a review=rate a product|unsubscribe from the newsletter=stop your emails|see my past orders=look at my order history
order as a guest=buy without an account|split a payment=pay in instalments|get a refund=have my money back
print a return label=get a label for sending back|schedule a pickup=have a parcel collected|upgrade to premium=become a premium member
cancel my premium membership=leave premium|pause my subscription=put the subscription on hold|use my points=spend loyalty points
block my store card=freeze my store card|set up two-step login=secure my login with a second factor|install the app=get your app
find my customer number=see my customer id|merge two accounts=join my accounts|order spare parts=buy parts for a repair
register a warranty=activate the guarantee|book a fitting=reserve time for a fitting|cancel a fitting=call off a fitting appointment
reserve an item in a shop=put something aside in a store|request a catalogue=have a catalogue sent|report a counterfeit=tell you about a fake product
`);
const MANNER = [
  (does) => `How do I ${does}?`,
  (does) => `How can I ${does}?`,
  (does) => `how do i ${does}`,
  (does) => `Hi, how can I ${does} please`,
  (does) => `What are the steps to ${does}?`,
  (does) => `Please tell me how to ${does}.`,
  (does) => `Hello, I would like to know how to ${does}`,
  (does) => `What do I do to ${does}?`,
  (does) => `Could you explain how I ${does}?`,
  (does) => `Is there a way to ${does}?`,
  (does) => `I want to ${does}`,
  (does) => `${does}`,
];
const POSSIBLE = [(does) => `Can I ${does}?`, (does) => `Is it possible to ${does}?`, (does) => `may i ${does}`];
const PRICE = [(does) => `How much does it cost to ${does}?`, (does) => `what is the price to ${does}`];

/** The same sentence about another thing, number or side is another question. */
const SLOTS = [
  [
    ['Do you ship to {}?', 'do you deliver to {}', 'Hello, do you ship to {} please?', 'Can you ship to {}?'],
    'Lisbon|Porto|Madrid|Seville|Paris|Lyon|Berlin|Munich|Rome|Milan|Vienna|Prague|Warsaw|Dublin|Oslo|Recife|Salvador|Lima|Bogota|Quito',
  ],
  [
    [
      'Can I return a coat within {} days?',
      'can i return the coat within {} days',
      'Is it possible to return a coat within {} days?',
      'Hi, can I send back a coat within {} days?',
    ],
    '7|10|14|20|28|30|45|60|90|100',
  ],
  [
    [
      'Is delivery free for orders over {} euros?',
      'is delivery free for an order over {} euros',
      'Do you deliver for free over {} euros?',
    ],
    '20|25|30|40|50|60|75|100|150|200',
  ],
  [
    ['Where is your shop in {}?', 'where is the shop in {}', 'Where can I find your store in {}?'],
    'Lisbon|Porto|Madrid|Seville|Paris|Lyon|Berlin|Munich|Rome|Milan',
  ],
  [
    ['When does the shop in {} open?', 'when does your shop in {} open', 'What time does the shop in {} open?'],
    'Lisbon|Porto|Madrid|Seville|Paris|Lyon|Berlin|Munich|Rome|Milan',
  ],
  [
    ['When does the shop in {} close?', 'when does your shop in {} close', 'What time does the shop in {} close?'],
    'Lisbon|Porto|Madrid|Seville|Paris|Lyon|Berlin|Munich|Rome|Milan',
  ],
  [
    ['How do I enable {}?', 'how can I enable {}', 'What are the steps to enable {}?'],
    'notifications|dark mode|fingerprint login|price alerts|automatic renewal|paperless invoices|one-click ordering|location services',
  ],
  [
    ['How do I disable {}?', 'how can I disable {}', 'What are the steps to disable {}?'],
    'notifications|dark mode|fingerprint login|price alerts|automatic renewal|paperless invoices|one-click ordering|location services',
  ],
  [
    [
      'Can I return {} with a receipt?',
      'can i return {} with the receipt',
      'Is it possible to return {} with a receipt?',
    ],
    'shoes|a coat|underwear|a phone|headphones|a mattress|food|a sofa|jewellery|a book',
  ],
  [
    [
      'Can I return {} without a receipt?',
      'can i return {} without the receipt',
      'Is it possible to return {} without a receipt?',
    ],
    'shoes|a coat|underwear|a phone|headphones|a mattress|food|a sofa|jewellery|a book',
  ],
  [
    ['How long is the warranty of {}?', 'how long is the warranty on {}', 'For how long is there a warranty of {}?'],
    'a phone|a laptop|headphones|a mattress|a sofa|a watch|a washing machine|a fridge|a bike|a camera',
  ],
  [
    ['Does the {} fit my phone?', 'does {} fit my phone', 'Will the {} fit my phone?'],
    'leather case|silicone case|car holder|wireless charger|screen protector|selfie stick|power bank|headset',
  ],
  [
    ['Como faço para {}?', 'como posso {}', 'Olá, como faço para {}, por favor?', 'Quais são os passos para {}?'],
    'cancelar meu pedido|alterar meu endereço|rastrear minha encomenda|trocar minha senha|devolver um produto|ativar o cartão|desativar o cartão|falar com um atendente|usar um cupom|excluir minha conta',
  ],
  [
    ['Posso devolver em {} dias?', 'posso devolver em {} dias por favor', 'Olá, posso devolver em {} dias?'],
    '7|10|15|30|60|90',
  ],
  [
    ['¿Cómo puedo {}?', 'cómo puedo {}', 'Hola, ¿cómo hago para {}, por favor?', '¿Cuáles son los pasos para {}?'],
    'cancelar mi pedido|cambiar mi dirección|rastrear mi paquete|cambiar mi contraseña|devolver un producto|activar la tarjeta|desactivar la tarjeta|hablar con un agente|usar un cupón|borrar mi cuenta',
  ],
  [
    ['¿Puedo devolver en {} días?', 'puedo devolver en {} días por favor', 'Hola, ¿puedo devolver en {} días?'],
    '7|10|15|30|60|90',
  ],
];

/** `[{ answer, ways: [text] }]`: the most usual way first. */
export function intents() {
  const found = [];
  const add = (answer, ways) => found.push({ answer, ways: [...new Set(ways)] });
  for (const line of ACTIONS) {
    const [usual, ...others] = line.split('=');
    const spelt = (templates) => [usual, ...others].flatMap((does) => templates.map((template) => template(does)));
    add(`how: ${usual}`, spelt(MANNER));
    add(`whether: ${usual}`, spelt(POSSIBLE));
    add(`price: ${usual}`, spelt(PRICE));
  }
  for (const [templates, values] of SLOTS)
    for (const value of values.split('|'))
      add(
        `${templates[0]} ${value}`,
        templates.map((template) => template.replace('{}', value)),
      );
  return found;
}
