import type { Answer } from './api.ts'

export interface Page<T> {
  items: readonly T[]
  /** Empty on the last page. */
  next: string
}

/** With a thousand a page, more than any folder has. */
const mostPages = 100

/** Everything on all pages, or the failure of the one that could not be had: half a list would look like hosts that are gone. */
export async function allPages<T>(
  get: (token: string) => Promise<Answer<Page<T>>>,
): Promise<Answer<readonly T[]>> {
  const items: T[] = []
  let token = ''
  for (let pages = 0; pages < mostPages; pages += 1) {
    const page = await get(token)
    if (page.kind === 'failed') return page
    items.push(...page.value.items)
    if (page.value.next === '') return { kind: 'answer', value: items }
    token = page.value.next
  }
  const detail = `a list did not end after ${mostPages} pages`
  return { kind: 'failed', code: 'transient', detail }
}
