/** Colours by the names that Grafana has for them, as they look on its dark ground. */
const named: Readonly<Record<string, string>> = {
  green: '#73BF69',
  'semi-dark-green': '#56A64B',
  blue: '#5794F2',
  yellow: '#FADE2A',
  orange: '#FF9830',
  red: '#F2495C',
  purple: '#B877D9',
  text: '#CCCCDC',
}

/** For series that nobody has given a colour. */
const palette = [
  '#7EB26D',
  '#EAB839',
  '#6ED0E0',
  '#EF843C',
  '#E24D42',
  '#1F78C1',
  '#BA43A9',
  '#705DA0',
  '#508642',
  '#CCA300',
]

export const hexOf = (name: string): string => named[name] ?? name

export const paletteColour = (at: number): string => palette[at % palette.length] ?? '#CCCCDC'

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
