/** Opens a session where reading takes the token; after that the page is asked for anew. */
export function startSigningIn() {
  const form = document.getElementById('sign-in')
  const field = document.getElementById('sign-in-token')
  const answer = document.getElementById('sign-in-answer')
  if (!(field instanceof HTMLInputElement) || form === null || answer === null) return
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    answer.textContent = 'Asking…'
    const said = await signIn(field.value.trim())
    if (said === undefined) location.reload()
    else {
      answer.textContent = said
      field.select()
    }
  })
}

/**
 * @param {string} token
 * @returns {Promise<string | undefined>} why it was refused
 */
async function signIn(token) {
  try {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch('/api/v1/session', { method: 'POST', headers, body: '{}' })
    if (answer.ok) return undefined
    const { detail = `it was refused (${answer.status})` } = await answer.json()
    return String(detail)
  } catch {
    return 'the controller does not answer: is it running, and is this machine connected?'
  }
}
