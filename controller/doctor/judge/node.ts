import { type Remark, remarksOn } from '../remark.ts'

const LEAST = [22, 18] as const

/** `version`: as Node tells it, such as 24.21.0. */
export function judgeNode(version: string): Remark {
  const { ok, wrong } = remarksOn('node')
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isEnough = major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])
  if (isEnough) return ok(`Node ${version}`)
  return wrong(
    `Node ${version} is older than ${LEAST.join('.')}`,
    'run `npm ci`, which brings a newer one, and bin/capuchin',
  )
}
