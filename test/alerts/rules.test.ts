import { expect, test } from 'vitest'
import { everythingExported } from '../dashboards/exported.ts'
import { flawsOf, metricFlaws, runbookFlaws } from './flaws.ts'
import { allRules, type Rule, runbook, testedAlerts } from './rule-files.ts'

const rules = await allRules()
const everything = await everythingExported()

test('each alert has a severity, words, and a link to its section', () => {
  expect(rules.flatMap(flawsOf)).toEqual([])
})

test('the runbook has a section for each alert, with all that it has to say, and for nothing else', async () => {
  expect(runbookFlaws(rules, await runbook())).toEqual([])
})

test('every metric and label that a rule names is exported, and counters are taken as counters', () => {
  expect(rules.flatMap((rule) => metricFlaws(rule, everything))).toEqual([])
})

test('promtool holds of each alert that it fires, and that it does not', async () => {
  const { firing, silent } = await testedAlerts()
  for (const { alert } of rules) {
    expect(firing, `${alert} has to fire at something`).toContain(alert)
    // In the world that is well at three times, in the one that nobody knows anything of, and at something of its own.
    const quiet = silent.filter((name) => name === alert).length
    expect(quiet, `${alert} has to be silent at something of its own`).toBeGreaterThan(
      alert === 'CapuchinAbsent' ? 3 : 4,
    )
  }
})

const sound: Rule = {
  alert: 'CapuchinX',
  expr: 'capuchin_pool_blind == 1',
  labels: { severity: 'warning' },
  annotations: { summary: 'X', description: 'X is so.', runbook_url: 'docs/alerts.md#capuchinx' },
}
const section = '### CapuchinX\n\n- **By itself:** a\n- **Look:** b\n- **Do:** c\n'

const planted: { name: string; rule?: Partial<Rule>; text?: string; says: RegExp }[] = [
  {
    name: 'a severity that nobody routes',
    rule: { labels: { severity: 'bad' } },
    says: /bad is no severity/,
  },
  {
    name: 'a link to another section',
    rule: { annotations: { ...sound.annotations, runbook_url: 'docs/alerts.md#capuchiny' } },
    says: /is not its section/,
  },
  {
    name: 'half a sentence',
    rule: { annotations: { ...sound.annotations, description: 'X is' } },
    says: /no sentence/,
  },
  { name: 'an alert that the runbook does not know', text: '', says: /CapuchinX has no section/ },
  { name: 'a section of nothing', text: `${section}### Old\n`, says: /no alert is called Old/ },
  {
    name: 'a section that does not say what to do',
    text: section.replace('Do', 'Or'),
    says: /does not say "Do"/,
  },
  {
    name: 'a metric that nobody exports',
    rule: { expr: 'capuchin_pool_deaf == 1' },
    says: /nothing exports/,
  },
  {
    name: 'a label that a metric does not have',
    rule: { expr: 'capuchin_pool_blind{workload="x"} == 1' },
    says: /has no label workload/,
  },
  {
    name: 'a counter that is taken as a figure',
    rule: { expr: 'capuchin_warnings_total > 5' },
    says: /under rate/,
  },
]

test.for(planted)('$name is found', ({ rule = {}, text = section, says }) => {
  const bad = { ...sound, ...rule }
  const found = [...flawsOf(bad), ...runbookFlaws([bad], text), ...metricFlaws(bad, everything)]
  expect(found.join('; ')).toMatch(says)
  expect([...flawsOf(sound), ...runbookFlaws([sound], section), ...metricFlaws(sound, everything)]).toEqual(
    [],
  )
})
