import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Texts that people wrote for people, none of them about this: what tools fetch. They are read from checkouts in one folder
 * (`<owner>+<name>` each) and never vendored. The commits are those that docs/injection-quality.md measured.
 */
export const SOURCES = [
  ['tldr pages, English', 'tldr-pages/tldr', '08e345f42639', 'CC-BY-4.0', 'pages/*/*.md'],
  ['tldr pages, Portuguese', 'tldr-pages/tldr', '08e345f42639', 'CC-BY-4.0', 'pages.pt_BR/*/*.md'],
  ['tldr pages, Spanish', 'tldr-pages/tldr', '08e345f42639', 'CC-BY-4.0', 'pages.es/*/*.md'],
  ["React's manual, Portuguese", 'reactjs/pt-br.react.dev', 'ac8362350bbc', 'CC-BY-4.0', 'src/content/**/*.md'],
  ["React's manual, Spanish", 'reactjs/es.react.dev', 'e91a76a98e02', 'CC-BY-4.0', 'src/content/**/*.md'],
  ["Basecamp's policies", 'basecamp/policies', 'd39f6f17bbd9', 'CC-BY-4.0', '**/*.md'],
  ["thoughtbot's guides", 'thoughtbot/guides', '640b2cbad7ab', 'CC-BY-3.0', '**/*.md'],
  [
    'PagerDuty, what to do in an incident',
    'PagerDuty/incident-response-docs',
    'e8a6182e031e',
    'Apache-2.0',
    'docs/**/*.md',
  ],
  ['based.cooking, recipes', 'LukeSmithxyz/based.cooking', '2d8642ec41cc', 'public domain', 'content/*.md'],
  [
    "Banking77, customers' questions",
    'PolyAI-LDN/task-specific-datasets',
    '57ec275d8078',
    'CC-BY-4.0',
    'banking_data/train.csv',
  ],
].map(([name, repository, commit, licence, files]) => ({ name, repository, commit, licence, files }));

/** Words that attacks are made of, in three languages; which rules exist was of no concern. */
const TRIGGERS =
  /\b(?:ignor\w*|disregard\w*|forget\w*|overrid\w*|bypass\w*|instructions?|prompts?|passwords?|secrets?|credentials?|system|assistant|pretend|reveal\w*|delete|erase|remove all|from now on|you must|never|do not tell|root|admin\w*|esque[cç]\w*|desconsider\w*|instru[cç][oõ]es|senhas?|sistema|apag\w*|exclu[ai]\w*|nunca|finj\w*|olvid\w*|instrucciones|contrase[nñ]as?|borr\w*|elimin\w*|jam[aá]s)\b/iu;
const LONGEST = 1_200;
/** Of one source: what is longest would else outvote all others. */
const MOST = 400;

/** @returns passages that hold trigger words, each with its source as `family` and the half that its file is in */
export function passagesOfStrangers(folder) {
  return SOURCES.flatMap((source) => {
    const root = join(folder, source.repository.replace('/', '+'));
    if (!existsSync(root)) return [];
    const rows = globSync(source.files, { cwd: root }).flatMap((file) =>
      passages(source, file, readFileSync(join(root, file), 'utf8')),
    );
    return rows.toSorted((a, b) => (a.order < b.order ? -1 : 1)).slice(0, MOST);
  });
}

function passages({ name, repository, files }, file, text) {
  const csv = file.endsWith('.csv');
  const pieces = csv
    ? text
        .split('\n')
        .slice(1)
        .map((line) => line.replace(/,[^,]{1,60}$/, ''))
    : paragraphs(text);
  const ofFile = drawn(`${repository} ${file}`);
  return pieces
    .filter((piece) => TRIGGERS.test(piece))
    .map((piece) => {
      const order = drawn(piece);
      const split = (csv ? order : ofFile)[0] < '8' ? 'tune' : 'held-out';
      return { text: piece, family: name, files, split, order };
    });
}

function paragraphs(text) {
  const pieces = [''];
  for (const paragraph of text.split(/\n{2,}/)) {
    const joined = `${pieces.at(-1)}\n\n${paragraph}`.trim();
    if (joined.length <= LONGEST) pieces[pieces.length - 1] = joined;
    else pieces.push(paragraph.slice(0, LONGEST));
  }
  return pieces;
}

function drawn(text) {
  return createHash('sha256').update(`gatehouse ${text}`).digest('hex');
}
