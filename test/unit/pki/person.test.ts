/** Whom a certificate may make somebody. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import { personSubject } from '../../../src/pki/person.ts'

const own = { system: false }
const system = { system: true }

test('people and their groups, each group once', () => {
  expect(personSubject('jane@example.com', ['dev', 'kubeadm:cluster-admins', 'dev'], own)).toEqual({
    commonName: 'jane@example.com',
    organizations: ['dev', 'kubeadm:cluster-admins'],
  })
})

describe('Kubernetes’ own', () => {
  test.each([
    ['system:kube-controller-manager', []],
    ['system:node:w1', []],
    ['jane', ['system:nodes']],
    ['jane', ['dev', 'system:bootstrappers']],
  ])('%s of %j needs --system', (name, groups) => {
    expect(() => personSubject(name, groups, own)).toThrow('is one of Kubernetes itself')
    expect(personSubject(name, groups, system)).toEqual({ commonName: name, organizations: groups })
  })

  test.each([own, system])('system:masters is refused with %j, and break-glass named', (options) => {
    for (const attempt of [
      () => personSubject('jane', ['dev', 'system:masters'], options),
      () => personSubject('system:masters', [], options),
    ]) {
      expect(attempt).toThrow(UserError)
      expect(attempt).toThrow('system:masters is not given away')
    }
  })

  test('no name or group that is let through without --system begins like one of them', () => {
    const word = fc.oneof(fc.string(), fc.constant('system:'), fc.constantFrom('system:x', 'System:x'))
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 3 }), (name, groups) => {
        try {
          const subject = personSubject(name, groups, own)
          const all = [subject.commonName, ...subject.organizations]
          expect(all.filter((each) => each.startsWith('system:'))).toEqual([])
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
        }
      }),
    )
  })
})

test.each(['', ' jane', 'jane\n', 'ja\u0000ne', 'jane\u200b', 'j'.repeat(65)])(
  '%j is no name that a rule could mean',
  (name) => {
    expect(() => personSubject(name, [], own)).toThrow(UserError)
    expect(() => personSubject('jane', [name], own)).toThrow(UserError)
  },
)
