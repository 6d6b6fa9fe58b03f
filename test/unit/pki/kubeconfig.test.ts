import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { mergeKubeconfig, writeKubeconfig } from '../../../src/pki/kubeconfig-merge.ts'
import { adminKubeconfig, bootstrapKubeconfig, clusterInfoKubeconfig } from '../../../src/pki/kubeconfigs.ts'
import { scratchDirectory } from '../../support/scratch.ts'

const server = 'https://10.0.0.11:6443'

const kubeconfigOf = (name: string, certPem = 'cert') =>
  adminKubeconfig({ server, caPem: 'ca', certPem, keyPem: 'key', name, user: `${name}-admin` })

const contextsIn = (text: string): readonly string[] =>
  parse(text).contexts.map(({ name }: { readonly name: string }) => name)

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
    const text = kubeconfigOf('demo', 'x'.repeat(3000))
    expect(text.split('\n').filter((line) => line.includes('client-certificate-data: eHh4'))).toHaveLength(1)
  })
})

describe('merging', () => {
  const theirs = `# mine
apiVersion: v1
kind: Config
clusters:
- name: home # keep this
  cluster: {server: 'https://home:6443', insecure-skip-tls-verify: true}
contexts:
- name: home
  context: {cluster: home, user: me}
current-context: home
users:
- name: me
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1, command: login}
preferences: {colors: true}
`

  it('adds ours, leaves theirs and the current context alone', () => {
    const merged = mergeKubeconfig(theirs, kubeconfigOf('demo'))
    expect(contextsIn(merged)).toEqual(['home', 'demo-admin@demo'])
    expect(merged).toContain('# mine')
    expect(merged).toContain('# keep this')
    const { clusters, users, ...rest } = parse(merged)
    expect(clusters[0]).toEqual(parse(theirs).clusters[0])
    expect(users[0]).toEqual(parse(theirs).users[0])
    expect(rest).toMatchObject({ 'current-context': 'home', preferences: { colors: true } })
  })

  it('replaces ours where it stands, and a second time changes nothing', () => {
    const once = mergeKubeconfig(theirs, kubeconfigOf('demo', 'old'))
    const twice = mergeKubeconfig(once, kubeconfigOf('demo', 'new'))
    expect(contextsIn(twice)).toEqual(['home', 'demo-admin@demo'])
    expect(parse(twice).users[1].user['client-certificate-data']).toBe(Buffer.from('new').toString('base64'))
    expect(mergeKubeconfig(twice, kubeconfigOf('demo', 'new'))).toBe(twice)
  })

  it.each(['', '---\n', '# nothing yet\n'])('into nothing (%j) is ours', (nothing) => {
    expect(mergeKubeconfig(nothing, kubeconfigOf('demo'))).toBe(kubeconfigOf('demo'))
  })

  it.each(['apiVersion: v1\n', 'clusters: null\nusers: []\n'])('fills in what %j lacks', (text) => {
    expect(parse(mergeKubeconfig(text, kubeconfigOf('demo')))).toMatchObject({
      'current-context': 'demo-admin@demo',
      users: parse(kubeconfigOf('demo')).users,
    })
  })

  it.each(['a: [', '- list\n', 'words'])('refuses what is no kubeconfig: %j', (text) => {
    expect(() => mergeKubeconfig(text, kubeconfigOf('demo'))).toThrow(
      'the kubeconfig to merge into is not one',
    )
  })
})

describe('writing', () => {
  it('keeps what was there beside it, both closed to others', async () => {
    const folder = scratchDirectory('kubeconfig')
    const path = join(folder, 'deep', 'config')
    await writeKubeconfig(path, 'first')
    writeFileSync(path, 'theirs', { mode: 0o644 })
    await writeKubeconfig(path, 'ours')
    expect(readFileSync(path, 'utf8')).toBe('ours')
    expect(readFileSync(`${path}.slipway-backup`, 'utf8')).toBe('theirs')
    for (const name of readdirSync(join(folder, 'deep')))
      expect(statSync(join(folder, 'deep', name)).mode & 0o777).toBe(0o600)
  })

  it('does not make a backup of what stays the same', async () => {
    const path = join(scratchDirectory('kubeconfig'), 'config')
    await writeKubeconfig(path, 'same')
    await writeKubeconfig(path, 'same')
    await expect(async () => statSync(`${path}.slipway-backup`)).rejects.toThrow('ENOENT')
  })
})
