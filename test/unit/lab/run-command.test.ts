import { expect, test } from 'vitest'
import { runCommand, tryCommand } from '../../../src/lab/run-command.ts'

test('gives what the program wrote, and feeds it its input', async () => {
  expect(await runCommand(['cat'], { input: 'as it is\n' })).toBe('as it is\n')
})

test('a failure carries the command, its exit code and the end of what it said', async () => {
  const script = 'seq 1 30 >&2; exit 7'
  await expect(runCommand(['sh', '-c', script], { title: 'counting' })).rejects.toMatchObject({
    message: 'this machine: counting failed with exit code 7',
    failure: { doing: `sh -c ${script}`, exitCode: 7, output: expect.stringMatching(/^11\n(.*\n)*30$/) },
  })
})

test('a failure that was allowed for is a result', async () => {
  expect(await tryCommand(['sh', '-c', 'echo out; echo err >&2; exit 3'])).toEqual({
    code: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  })
})

test('a program that does not read its input is not an error', async () => {
  expect(await runCommand(['true'], { input: 'x'.repeat(1_000_000) })).toBe('')
})

test('a program that is not there is the user’s to install', async () => {
  await expect(tryCommand(['slipway-no-such-program'])).rejects.toThrow(
    'this machine has no "slipway-no-such-program"',
  )
})
