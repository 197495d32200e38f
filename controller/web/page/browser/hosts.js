import { make, the } from './dom.js'

/** The name of a host opens what can be done with it and with what runs there. */
export function startHosts() {
  const dialog = the('about-host', HTMLDialogElement)
  the('host-close', HTMLButtonElement).addEventListener('click', () => dialog.close())
  document.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : null
    const host = target?.closest('li.host') ?? null
    const button = host?.querySelector('[data-do="host"]')
    if (
      host !== null &&
      button instanceof HTMLElement &&
      target?.closest('.slots, [data-do="host"]') !== null
    )
      open(host, button)
  })
  // What is chosen opens a dialog of its own.
  the('host-acts', HTMLUListElement).addEventListener('click', () => dialog.close(), { capture: true })

  /**
   * @param {Element} host
   * @param {HTMLElement} button
   */
  function open(host, button) {
    const { on: name = '', frozen, drained } = button.dataset
    the('host-title', HTMLElement).textContent = name
    const told = [...host.querySelectorAll('.dim, .note')].map((one) => one.textContent).join('; ')
    the('host-about', HTMLElement).textContent = told
    const running = instancesOn(host)
    const names = running.map(({ id }) => id)
    const acts = [
      act(
        frozen === undefined ? 'freeze' : 'thaw',
        name,
        frozen === undefined ? 'Freeze the host' : 'Thaw the host',
      ),
      ...(drained === undefined ? [act('drain-host', name, 'Drain the host', names)] : []),
      ...running.map(({ id, says, isFrozen }) =>
        act(isFrozen ? 'thaw' : 'freeze', id, `${isFrozen ? 'Thaw' : 'Freeze'} ${says}`),
      ),
    ]
    the('host-acts', HTMLUListElement).replaceChildren(...acts)
    dialog.showModal()
  }
}

/**
 * One that holds several slots is there once.
 * @param {Element} host
 */
function instancesOn(host) {
  /** @type {Map<string, { id: string, says: string, isFrozen: boolean }>} */
  const found = new Map()
  for (const slot of host.querySelectorAll('[data-id]'))
    if (slot instanceof HTMLElement) {
      const id = slot.dataset['id'] ?? ''
      found.set(id, { id, says: slot.title, isFrozen: slot.classList.contains('is-frozen') })
    }
  return [...found.values()]
}

/**
 * @param {string} what
 * @param {string} on
 * @param {string} label
 * @param {string[]} [instances]
 */
function act(what, on, label, instances = []) {
  const item = make('li')
  const button = make('button', label)
  button.setAttribute('type', 'button')
  button.dataset['do'] = what
  button.dataset['on'] = on
  button.dataset['instances'] = instances.join(' ')
  item.append(button)
  return item
}
