/** The texts that Slipway writes. */
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  adminKubeconfig,
  bootstrapKubeconfig,
  clusterInfoKubeconfig,
  personKubeconfig,
} from '../../../src/pki/kubeconfigs.ts'

const server = 'https://10.0.0.11:6443'

const client = { server, caPem: 'ca', certPem: 'cert', keyPem: 'key', name: 'demo', user: 'jane' }

describe('texts', () => {
  it("cluster-info is kubeadm's, to the byte", () => {
    expect(clusterInfoKubeconfig({ server, caPem: 'ca' })).toBe(
      [
        'apiVersion: v1',
        'clusters:',
        '- cluster:',
        '    certificate-authority-data: Y2E=',
        `    server: ${server}`,
        '  name: ""',
        'contexts: null',
        'current-context: ""',
        'kind: Config',
        'users: null',
        '',
      ].join('\n'),
    )
  })

  it('a bootstrap kubeconfig holds the token and nothing else to log in with', () => {
    const text = bootstrapKubeconfig({
      server,
      caPem: 'ca',
      token: 'abcdef.0123456789abcdef',
      clusterName: 'kubernetes',
    })
    expect(parse(text).users).toEqual([
      { name: 'tls-bootstrap-token-user', user: { token: 'abcdef.0123456789abcdef' } },
    ])
  })

  it('base64 stays on one line', () => {
    const text = personKubeconfig({ ...client, certPem: 'x'.repeat(3000) })
    expect(text.split('\n').filter((line) => line.includes('client-certificate-data: eHh4'))).toHaveLength(1)
  })

  it('a host’s has kubeadm’s names; in a person’s no name is one that another cluster’s has', () => {
    const names = (text: string) => {
      const { clusters, contexts, users } = parse(text)
      return [clusters[0].name, contexts[0].name, users[0].name, contexts[0].context]
    }
    expect(names(adminKubeconfig({ ...client, name: 'kubernetes' }))).toEqual([
      'kubernetes',
      'jane@kubernetes',
      'jane',
      { cluster: 'kubernetes', user: 'jane' },
    ])
    expect(names(personKubeconfig(client))).toEqual([
      'demo',
      'jane@demo',
      'jane@demo',
      { cluster: 'demo', user: 'jane@demo' },
    ])
  })
})
