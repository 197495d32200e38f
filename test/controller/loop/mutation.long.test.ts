import { expect, test } from 'vitest'
import { firstSeed, stories } from '../../support/seeds.ts'
import { tryOut } from '../../support/trial.ts'
import { mutants } from '../decision/mutants.ts'

const RUNS = stories(600)

/** Not tried, since no promise that is judged here has to do with them: hosts, drains, the list of routers, errors. Examples need them. */
const others =
  /^(calm|emptiable|shrinkClamps): |^(isCollapse|isDistrusted|isSettled|frozen|isRelieved|quarantine)$/

/** What is no promise but a wish: that a word, a calendar or a lowered max is obeyed; and what only bears on clocks and beginnings. */
const wishes = /^clamps: (lowered max|schedule|first sight|clock|distrust)$/

const tried = mutants.filter(({ name }) => !others.test(name))

test.for(tried.map((one) => [one.name, one] as const))(
  'random worlds without %s',
  async ([name, { judgement }]) => {
    let found: string | undefined
    for (let seed = firstSeed; seed < firstSeed + RUNS && found === undefined; seed++) {
      const { violations } = await tryOut(seed, { judgement })
      if (violations[0] !== undefined) found = `seed ${seed}: ${violations[0]}`
    }
    process.stdout.write(`without ${name}: ${found ?? `nothing found in ${RUNS} worlds`}\n`)
    if (!wishes.test(name)) expect(found).toBeDefined()
  },
)
