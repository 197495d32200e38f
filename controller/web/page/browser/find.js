/** Leaves only the workloads to be seen whose name or mood has what is typed in it. */
export function startFinding() {
  const field = document.getElementById('find')
  if (!(field instanceof HTMLInputElement)) return
  const show = () => {
    const words = field.value.trim().toLowerCase()
    for (const item of document.querySelectorAll('#workloads > li')) {
      if (!(item instanceof HTMLElement)) continue
      const size = item.querySelector('[data-mood]')
      const mood = size instanceof HTMLElement ? (size.dataset['mood'] ?? '') : ''
      const said = `${item.dataset['name']} ${item.querySelector('.dim')?.textContent} ${mood}`
      item.hidden = words !== '' && !said.includes(words)
    }
  }
  field.addEventListener('input', show)
  document.addEventListener('put', show)
  document.addEventListener('keydown', (event) => {
    if (
      event.key !== '/' ||
      event.ctrlKey ||
      event.metaKey ||
      document.querySelector('dialog[open]') !== null
    )
      return
    if (event.target instanceof HTMLInputElement) return
    event.preventDefault()
    field.focus()
  })
}
