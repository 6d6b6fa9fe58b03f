/** What a host does for a rotation besides writing files: a kubelet's certificate, and what its pods see. */
import { existsSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { kubeletClientCertificate } from '../../../src/constants.ts'
import { kubeletClient, podsSeeCa } from '../../../src/phases/rotation.ts'
import type { Phase, PlanInput } from '../../../src/phases/types.ts'
import type { Step } from '../../../src/plan/types.ts'
import { plannedCluster } from '../../support/plan-input.ts'
import { attempt, statuses } from '../../support/programs.ts'
import { type ShellHost, shellHost, shells } from '../../support/shell-host.ts'
import { meanwhile, waiting } from '../../support/while-waiting.ts'

const client = {
  file: 'kubelet-client-2026-11-21-05-47-31.pem',
  certPem: 'certificate\n',
  pem: 'certificate\nkey\n',
}
const stamp = '/var/lib/slipway/services/kubelet.service'

let input: PlanInput
beforeAll(async () => {
  input = { ...(await plannedCluster()).input, kubeletClients: new Map([['w1', client]]) }
})

const stepsOf = (phase: Phase): readonly Step[] => {
  const host = input.config.hosts.find(({ name }) => name === 'w1')
  if (!host) throw new Error('the cluster of this test has a worker')
  return phase.tasks(input, host).flatMap((task) => (task.kind === 'steps' ? task.steps : []))
}

const place = (host: ShellHost, path: string, content: string): void => {
  mkdirSync(dirname(join(host.root, path)), { recursive: true })
  writeFileSync(join(host.root, path), content)
}

const pki = dirname(kubeletClientCertificate)

describe.each(shells)('%s', (shell) => {
  it("a kubelet's certificate takes the place of the others, and the kubelet will be restarted", async () => {
    const host = shellHost(shell)
    place(host, `${pki}/kubelet-client-2025-01-01-00-00-00.pem`, 'old')
    place(host, `${pki}/kubelet.crt`, 'what it serves')
    place(host, stamp, 'a fingerprint')
    symlinkSync(`${pki}/kubelet-client-2025-01-01-00-00-00.pem`, join(host.root, kubeletClientCertificate))
    // The folders, of which the first is not closed yet, the file, and what names it.
    const expected = ['changed', 'unchanged', 'changed', 'changed']
    expect(statuses(await attempt(host, stepsOf(kubeletClient)))).toEqual(expected)
    expect(readlinkSync(join(host.root, kubeletClientCertificate))).toBe(`${pki}/${client.file}`)
    expect(readdirSync(join(host.root, pki)).sort()).toEqual(
      [client.file, 'kubelet-client-current.pem', 'kubelet.crt'].sort(),
    )
    expect(existsSync(join(host.root, stamp))).toBe(false)
    expect(statuses(await attempt(host, stepsOf(kubeletClient)))).toEqual(Array(4).fill('unchanged'))
  })

  it('waits until every pod sees the CAs of now, and looks at no other volume', async () => {
    const host = shellHost(shell, [waiting])
    const volume = (pod: string, name: string) =>
      `/var/lib/kubelet/pods/${pod}/volumes/kubernetes.io~projected/${name}/ca.crt`
    expect(statuses(await attempt(host, stepsOf(podsSeeCa)))).toEqual(['unchanged'])
    place(host, volume('a', 'kube-api-access-x7x7x'), input.caPem)
    place(host, volume('b', 'kube-api-access-y8y8y'), 'of before\n')
    place(host, volume('b', 'of-a-user'), 'their own\n')
    const [seenByA, seenByB] = ['a/x7x7x', 'b/y8y8y'].map((each) => {
      const [pod = '', name] = each.split('/')
      return join(host.root, volume(pod, `kube-api-access-${name}`))
    })
    meanwhile(host, `/usr/bin/cp ${seenByA} ${seenByB}`)
    expect(statuses(await attempt(host, stepsOf(podsSeeCa)))).toEqual(['changed'])
  })
})
