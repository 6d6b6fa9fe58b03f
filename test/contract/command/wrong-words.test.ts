/** Words that no command takes: what is wrong and what there is instead, on standard error, and exit code 2 at any depth. */
import { expect, test } from 'vitest'
import { slipway } from '../../support/slipway.ts'

test.each([
  [['aply'], 'apply'],
  [['apply', '--nope'], "unknown option '--nope'"],
  [['bundle', 'inspekt'], 'inspect'],
  [['bundle', 'inspect'], "missing required argument 'file'"],
  [['certs', 'rotate-ca', 'al'], 'ca, etcd-ca, front-proxy-ca, sa, all'],
  [['token', 'create', '--ttl'], 'argument missing'],
])('%j', async (words, said) => {
  const { code, stdout, stderr } = await slipway(...words)
  expect(stderr).toContain(said)
  expect(stderr).toContain('--help')
  expect(stdout).toBe('')
  expect(code).toBe(2)
})

test('help is asked for, not wrong, at any depth', async () => {
  const { code, stdout } = await slipway('bundle', 'inspect', '--help')
  expect(stdout).toContain('Usage: slipway bundle inspect')
  expect(code).toBe(0)
})
