/** The look of the page; `width` in pixels. */
export const style = (width: number): string => `
* { box-sizing: border-box; margin: 0 }
body { background: #111217; color: #ccccdc; font: 13px/1.4 system-ui, sans-serif; width: ${width + 32}px; padding: 16px }
header { padding-bottom: 12px }
h1 { color: #ff9830; font-size: 34px; letter-spacing: 2px }
h2 { font-size: 20px }
header p { color: #8e8e9f }
main { position: relative }
section { position: absolute; background: #181b1f; border: 1px solid #2c2f36; border-radius: 3px; overflow: hidden }
h3 { position: absolute; font-size: 15px; padding-top: 6px }
h4 { font-size: 13px; padding: 6px 10px; height: 28px; white-space: nowrap }
.grid { stroke: #2c2f36; stroke-width: 1 }
.tick { fill: #8e8e9f; font-size: 10px }
.legend { fill: #ccccdc; font-size: 11px }
.state { fill: #111217; font-size: 11px }
.none { fill: #8e8e9f; color: #8e8e9f; font-size: 14px }
.fault { color: #f2495c; padding: 10px }
.stat { height: calc(100% - 28px); display: flex; flex-wrap: wrap; align-items: center; justify-content: space-evenly; padding: 0 8px 8px }
.value { text-align: center }
.value b { display: block; font-size: 30px; line-height: 1.1 }
.value.small b { font-size: 20px }
.value span { color: #8e8e9f }
.bars { padding: 8px 12px }
.bar { display: grid; grid-template-columns: auto 1fr auto; gap: 10px; align-items: center; padding: 5px 0 }
.bar i { background: #22252b; height: 20px; display: block }
.bar em { display: block; height: 100%; opacity: 0.8 }
table { width: 100%; border-collapse: collapse; font-size: 12px }
th, td { text-align: left; padding: 4px 10px; border-bottom: 1px solid #2c2f36 }
th { color: #6e9fff; font-weight: 500 }
`
