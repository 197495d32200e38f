import { type Remark, remarksOn } from '../remark.ts'
import { octal } from './state.ts'

/** The token that changes have to carry. `mode`: of its file; absent where there is none. `fault`: why it is none. */
export interface TokenFacts {
  path: string
  mode?: number
  fault?: string
  /** It is made by the first start. */
  isOwn: boolean
  /** A controller runs, and would have made it. */
  isRunning: boolean
}

export function judgeToken({ path, mode, fault, isOwn, isRunning }: TokenFacts): Remark[] {
  const { ok, warning, wrong } = remarksOn('token')
  if (mode === undefined) {
    if (isOwn && !isRunning) return [ok(`${path} is not there yet; the first start makes it`)]
    return [
      wrong(
        `${fault ?? `${path} is not there`}, so that nothing can be changed by hand while the controller runs`,
        `write one:  (umask 077; openssl rand -base64 24 > ${path})`,
      ),
    ]
  }
  const remarks: Remark[] = []
  if (fault !== undefined)
    remarks.push(wrong(fault, `write another:  (umask 077; openssl rand -base64 24 > ${path})`))
  if ((mode & 0o007) !== 0)
    remarks.push(
      wrong(
        `everybody on this machine may read ${path} (mode ${octal(mode)}), and with it change everything`,
        `chmod 600 ${path}, and write another token: who has read it can still use it`,
      ),
    )
  else if ((mode & 0o070) !== 0)
    remarks.push(
      warning(`its group may read ${path} (mode ${octal(mode)})`, `chmod 600 ${path}, unless that is meant`),
    )
  return remarks.length > 0 ? remarks : [ok(`${path}, for its owner alone`)]
}
