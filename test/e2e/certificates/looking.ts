/** What `certs check` says of a cluster that is well. */
import { expect, test } from 'vitest'
import type { CertificatesJson } from '../../../src/report/certificates-json.ts'
import type { ClusterInUse } from '../../support/cluster-in-use.ts'
import { eventually } from '../../support/on-host.ts'
import { type Ended, slipway } from '../../support/slipway.ts'

export const looking = ({ lab }: ClusterInUse): void => {
  const check = (...args: readonly string[]): Promise<Ended> =>
    slipway('certs', 'check', ...args, '-c', lab().clusterFile)

  test('are all in one table, and nothing is wrong with them: what is served is what is on disk', async () => {
    const workers = lab().hosts.flatMap(({ name }) => (name === 'cp1' ? [] : [name]))
    // Somebody may just be starting again.
    await eventually('nothing is wrong', async () => {
      const { code, stdout, stderr } = await check('--warn', '30d', '--output', 'json')
      const { certificates, silent, unreachable, todo }: CertificatesJson = JSON.parse(stdout)
      expect({ silent, unreachable, todo }).toEqual({ silent: [], unreachable: [], todo: [] })
      expect(code, stderr).toBe(0)
      const served = certificates.flatMap(({ host, port, sameAsFile }) =>
        port === null ? [] : [{ host, port, sameAsFile }],
      )
      expect(served).toEqual([
        ...[6443, 2379, 2380, 10250].map((port) => ({ host: 'cp1', port, sameAsFile: true })),
        ...[10257, 10259].map((port) => ({ host: 'cp1', port, sameAsFile: null })),
        ...workers.map((host) => ({ host, port: 10250, sameAsFile: true })),
      ])
    })
    expect((await check()).stdout).toMatch(
      /^cp1 +pki\/apiserver\.crt +kube-apiserver +kubernetes +\d{4}-\d\d-\d\d +36\d d +6443$/m,
    )
  })

  test('end with exit code 3 when they have less left than is asked for', async () => {
    const { code, stdout } = await check('--warn', '400d')
    expect(code).toBe(3)
    expect(stdout).toContain('slipway certs renew --all')
    expect(stdout).not.toContain('rotate-ca')
  })
}
