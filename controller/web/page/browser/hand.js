import { the } from './dom.js'
import { sayIt } from './say.js'
import { words } from './words.js'

/** Where the token is kept: in this tab, until it is closed. Nothing else of the page knows it. */
const TOKEN = 'capuchin.token'
const NAME = 'capuchin.by'

/** Every button that says something opens the dialog that asks for who, why and how long. */
export function startHand() {
  const dialog = the('word', HTMLDialogElement)
  const form = the('word-form', HTMLFormElement)
  const go = the('word-go', HTMLButtonElement)
  /** @type {{ word: import('./words.js').Word, opener: string } | undefined} */
  let asked

  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('[data-do]') : null
    if (!(button instanceof HTMLElement)) return
    const { do: what = '', on = '' } = button.dataset
    const word = Object.hasOwn(words, what) ? words[what]?.(on, shownOf(button)) : undefined
    if (word === undefined) return
    asked = { word, opener: openerOf(button) }
    open(word, shownOf(button))
  })

  /**
   * @param {import('./words.js').Word} word
   * @param {import('./words.js').Shown} shown
   */
  function open(word, { size, min, max }) {
    const { title, will, isHard = false, asksSize = false } = word
    the('word-title', HTMLElement).textContent = title
    const told = the('word-will', HTMLElement)
    told.textContent = will
    told.className = isHard ? 'hard' : ''
    go.textContent = word.go
    go.className = isHard ? 'go hard' : 'go'
    showRow('word-size-row', asksSize)
    showRow('word-for-row', word.act !== undefined)
    showRow('word-token-row', sessionStorage.getItem(TOKEN) === null)
    const field = the('word-size', HTMLInputElement)
    field.disabled = !asksSize
    field.min = String(min)
    field.max = String(max)
    field.value = String(size)
    the('word-range', HTMLElement).textContent = `${min} to ${max}`
    the('word-by', HTMLInputElement).value = localStorage.getItem(NAME) ?? ''
    the('word-why', HTMLInputElement).value = ''
    answer('')
    dialog.showModal()
    const first = asksSize
      ? field
      : the(localStorage.getItem(NAME) === null ? 'word-by' : 'word-why', HTMLInputElement)
    first.focus()
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (asked === undefined || go.disabled) return
    go.disabled = true
    answer('Asking the controller…')
    const by = the('word-by', HTMLInputElement).value.trim()
    localStorage.setItem(NAME, by)
    const token = sessionStorage.getItem(TOKEN) ?? the('word-token', HTMLInputElement).value.trim()
    const said = await sayIt(
      asked.word,
      {
        by,
        why: the('word-why', HTMLInputElement).value.trim(),
        length: the('word-for', HTMLSelectElement).value,
        size: the('word-size', HTMLInputElement).valueAsNumber,
      },
      token,
    )
    go.disabled = false
    if (said.kind === 'done') {
      sessionStorage.setItem(TOKEN, token)
      the('word-token', HTMLInputElement).value = ''
      dialog.close()
      the('toast', HTMLElement).textContent = said.text
      return
    }
    answer(said.text)
    if (said.kind === 'stranger') {
      sessionStorage.removeItem(TOKEN)
      showRow('word-token-row', true)
      the('word-token', HTMLInputElement).select()
    }
  })

  the('word-cancel', HTMLButtonElement).addEventListener('click', () => dialog.close())
  dialog.addEventListener('close', () => {
    const again = asked === undefined ? null : document.querySelector(asked.opener)
    if (again instanceof HTMLElement) again.focus()
  })
}

/** @param {string} text */
function answer(text) {
  the('word-answer', HTMLElement).textContent = text
}

/**
 * A field that is not shown is not asked for either.
 * @param {string} id
 * @param {boolean} isShown
 */
function showRow(id, isShown) {
  const row = the(id, HTMLElement)
  row.hidden = !isShown
  for (const field of row.querySelectorAll('input, select')) field.toggleAttribute('disabled', !isShown)
}

/**
 * Finds the button again after it was replaced; one that is gone has a neighbour in the same place.
 * @param {HTMLElement} button
 */
function openerOf(button) {
  const { do: what = '', on = '' } = button.dataset
  const own = `[data-do="${CSS.escape(what)}"][data-on="${CSS.escape(on)}"]:not(dialog *)`
  return `${own}, [data-on="${CSS.escape(on)}"]:not(dialog *)`
}

/**
 * What the page shows of what the button is about.
 * @param {HTMLElement} button
 * @returns {import('./words.js').Shown}
 */
function shownOf(button) {
  const size = button.closest('li.workload')?.querySelector('[data-size]')
  const { size: now, min, max } = size instanceof HTMLElement ? size.dataset : {}
  const instances = (button.dataset['instances'] ?? '').split(' ').filter((name) => name !== '')
  return {
    size: Number(now),
    min: Number(min),
    max: Number(max),
    says: button.dataset['says'] ?? '',
    instances,
  }
}
