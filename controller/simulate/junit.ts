import type { Problem } from '../policy/problem.ts'
import { sayProblem } from '../policy/problem.ts'
import { failureLines, sayFailure, type Verdict } from './report.ts'

/** JUnit's XML: a suite for each file, a case for each scenario, and a suite of the problems of files. */
export function junitOf(verdicts: readonly Verdict[], problems: readonly Problem[]): string {
  const files = [...new Set(verdicts.map(({ scenario }) => scenario.place.file))]
  const suites = files.map((file) => {
    const own = verdicts.filter(({ scenario }) => scenario.place.file === file)
    return suite(file, own.map(caseOf), own.filter(({ failures }) => failures.length > 0).length)
  })
  const broken = problems.map((problem) =>
    testCase(problem.file, 'files', [failure('it cannot be played', sayProblem(problem))]),
  )
  const all = broken.length === 0 ? suites : [...suites, suite('files', broken, broken.length)]
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="capuchin test">',
    ...all,
    '</testsuites>',
    '',
  ].join('\n')
}

function suite(name: string, cases: readonly string[], failed: number): string {
  const head = `  <testsuite name="${sayXml(name)}" tests="${cases.length}" failures="${failed}" errors="0">`
  return [head, ...cases, '  </testsuite>'].join('\n')
}

function caseOf(verdict: Verdict): string {
  const { scenario, failures } = verdict
  const [first] = failures
  const inside =
    first === undefined ? [] : [failure(sayFailure(first, scenario), failureLines(verdict).join('\n'))]
  return testCase(scenario.name, scenario.policy.workload, inside)
}

function testCase(name: string, group: string, inside: readonly string[]): string {
  const head = `    <testcase name="${sayXml(name)}" classname="${sayXml(group)}"`
  return inside.length === 0 ? `${head}/>` : [`${head}>`, ...inside, '    </testcase>'].join('\n')
}

const failure = (message: string, text: string): string =>
  `      <failure message="${sayXml(message)}">${sayXml(text)}</failure>`

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Letters that XML cannot hold at all are left out; names come from files, which may hold any. */
const sayXml = (text: string): string =>
  text
    .replace(/[^\t\n\r\x20-\uD7FF\uE000-\u{10FFFF}]/gu, '')
    .replace(/[&<>"]/g, (letter) => entities[letter] ?? letter)
