import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { generated } from '../../scripts/reference/generated.ts'

test.for([...generated()])('%s is what would be generated now', ([path, text]) => {
  const written = existsSync(path) ? readFileSync(path, 'utf8') : ''
  expect(written === text, `${path} is not what the schemas say now: npm run schema`).toBe(true)
})

/** As GitHub makes an anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .replace(/^#+ /, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-')

test.for([...generated()].filter(([path]) => path.endsWith('.md')))(
  'every link within %s leads somewhere, and every heading can be told from the others',
  ([, text]) => {
    // The title of a page may be called like one of its keys.
    const anchors = (text.match(/^##+ .*$/gm) ?? []).map(anchorOf)
    const targets = [...text.matchAll(/\]\(#([^)]*)\)/g)].map(([, target]) => target)
    expect(targets.filter((target) => target === undefined || !anchors.includes(target))).toEqual([])
    expect(anchors.filter((anchor, at) => anchors.indexOf(anchor) !== at)).toEqual([])
  },
)
