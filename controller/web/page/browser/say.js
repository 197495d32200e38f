/**
 * Says a word to the controller.
 * @param {import('./words.js').Word} word
 * @param {{ by: string, why: string, length: string, size: number }} who
 * @param {string} token goes into a header, and nowhere else
 * @returns {Promise<{ kind: 'done' | 'refused' | 'stranger', text: string }>} `stranger`: the token is not good
 */
export async function sayIt(word, { by, why, length, size }, token) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const { act, target = '', asksSize = false, title } = word
  const path = `/api/v1/overrides${target}`
  const ender = new URLSearchParams({ by, why })
  try {
    const answer =
      act === undefined
        ? await fetch(`${path}${target.includes('?') ? '&' : '?'}${ender}`, {
            method: 'DELETE',
            headers: { authorization: headers.authorization },
          })
        : await fetch(path, {
            method: 'POST',
            headers,
            body: JSON.stringify({ act: asksSize ? { ...act, size } : act, by, why, for: length }),
          })
    const told = await answer.json()
    if (answer.ok)
      return { kind: 'done', text: `${act === undefined ? `${title}: done.` : String(told.said)}` }
    const detail = String(told.detail ?? `it was refused (${answer.status})`)
    if (answer.status === 401) return { kind: 'stranger', text: `Refused: ${detail}` }
    return { kind: 'refused', text: `${answer.status === 503 ? 'Not now' : 'Refused'}: ${detail}` }
  } catch {
    return {
      kind: 'refused',
      text: 'The controller does not answer: it is not known whether it heard. Look under "By hand" before you say it again.',
    }
  }
}
