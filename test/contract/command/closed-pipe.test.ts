/** Output that nobody reads to its end (`slipway … | head`) is no failure, and nothing to show a stack for. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('../../../bin/slipway.js', import.meta.url))

test.each([
  ['config', 'schema'],
  ['phase', 'list'],
])('slipway %s %s, to a reader that has gone', (...args) => {
  const script = '{ "$@"; echo "code $?" >&2; } | true'
  const { stderr } = spawnSync('sh', ['-c', script, 'sh', process.execPath, program, ...args], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('code 0\n')
})
