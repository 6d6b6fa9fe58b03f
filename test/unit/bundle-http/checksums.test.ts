/** The forms that checksum files of releases have. */
import { expect, test } from 'vitest'
import { checksumIn } from '../../../src/bundle/http/checksums.ts'

const [a, b] = ['a'.repeat(64), 'b'.repeat(64)]

test.each([
  ['a bare hash', a, 'kubelet', a],
  ['a bare hash with a newline, in capitals', `${a.toUpperCase()}\n`, 'kubelet', a],
  ['a line of sha256sum', `${a}  runc.amd64\n`, 'runc.amd64', a],
  ['binary mode', `${a} *runc.amd64\n`, 'runc.amd64', a],
  ['a path before the name', `${a}  ./out/runc.amd64\n`, 'runc.amd64', a],
  ['one of many', `${a}  x\n${b}  runc.amd64\n`, 'runc.amd64', b],
  ['with a signature around', `-----BEGIN\nHash: SHA512\n\n${a}  x\n${b}  y\n-----END\n`, 'y', b],
  ['another file', `${a}  x\n`, 'y', undefined],
  ['two bare hashes', `${a}\n${b}\n`, 'y', undefined],
  ['a page of HTML', '<html>404</html>', 'y', undefined],
  ['too short', `${a.slice(1)}  y\n`, 'y', undefined],
  ['nothing', '', 'y', undefined],
])('%s', (_what, text, file, expected) => {
  expect(checksumIn(text, file)).toBe(expected)
})
