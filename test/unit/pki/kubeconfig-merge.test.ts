/** Ours into the user's own: nothing of others is lost, and kubectl finds ours in what comes out. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { fileToAddTo, type KubeconfigFile } from '../../../src/pki/kubeconfig-files.ts'
import { mergeKubeconfig } from '../../../src/pki/kubeconfig-merge.ts'
import { personKubeconfig } from '../../../src/pki/kubeconfigs.ts'

const kubeconfigOf = (name: string, changes: { certPem?: string; caPem?: string; server?: string } = {}) =>
  personKubeconfig({
    server: `https://${name}:6443`,
    caPem: `${name}-ca`,
    certPem: 'cert',
    keyPem: 'key',
    name,
    user: 'admin',
    ...changes,
  })

type Named = { readonly name: string }

const namesIn = (text: string, list: string): readonly string[] =>
  parse(text)[list].map(({ name }: Named) => name)

const named = (text: string, list: string, name: string): unknown =>
  parse(text)[list].find((entry: Named) => entry.name === name)

const merged = (texts: readonly (string | undefined)[], ours: string): readonly KubeconfigFile[] => {
  const files = texts.map((text, index) => ({ path: `/${index}`, text }))
  const changed = mergeKubeconfig(files, fileToAddTo(files), ours)
  return files.map((file) => changed.find(({ path }) => path === file.path) ?? file)
}

const into = (text: string | undefined, ours: string): string => merged([text], ours)[0]?.text ?? ''

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

describe('one file', () => {
  it('gets ours; theirs, the current context and comments stay', () => {
    const text = into(theirs, kubeconfigOf('demo'))
    expect(namesIn(text, 'contexts')).toEqual(['home', 'admin@demo'])
    expect(text).toContain('# mine')
    expect(text).toContain('# keep this')
    const { clusters, users, ...rest } = parse(text)
    expect(clusters[0]).toEqual(parse(theirs).clusters[0])
    expect(users[0]).toEqual(parse(theirs).users[0])
    expect(rest).toMatchObject({ 'current-context': 'home', preferences: { colors: true } })
  })

  it('has ours brought up to date where it stands; a second time changes nothing', () => {
    const once = into(theirs, kubeconfigOf('demo', { certPem: 'old' }))
    const twice = into(once, kubeconfigOf('demo', { certPem: 'new' }))
    expect(namesIn(twice, 'contexts')).toEqual(['home', 'admin@demo'])
    expect(parse(twice).users[1].user['client-certificate-data']).toBe(Buffer.from('new').toString('base64'))
    const files = [{ path: '/0', text: twice }]
    expect(mergeKubeconfig(files, 0, kubeconfigOf('demo', { certPem: 'new' }))).toEqual([])
  })

  it('keeps of ours what the user has added, but no other login and nothing against its CA', () => {
    const own = parse(into(theirs, kubeconfigOf('demo')))
    own.clusters[1].cluster['proxy-url'] = 'http://proxy:3128'
    own.clusters[1].cluster['insecure-skip-tls-verify'] = true
    own.contexts[1].context.namespace = 'work'
    own.users[1].user = { token: 'secret' }
    const text = into(JSON.stringify(own), kubeconfigOf('demo'))
    expect(named(text, 'clusters', 'demo')).toMatchObject({ cluster: { 'proxy-url': 'http://proxy:3128' } })
    expect(text.match(/insecure-skip-tls-verify/g)).toHaveLength(1)
    expect(named(text, 'contexts', 'admin@demo')).toMatchObject({ context: { namespace: 'work' } })
    expect(named(text, 'users', 'admin@demo')).toEqual(named(kubeconfigOf('demo'), 'users', 'admin@demo'))
  })

  it.each([undefined, '', '---\n'])('that holds nothing (%j) becomes ours', (nothing) => {
    expect(into(nothing, kubeconfigOf('demo'))).toBe(kubeconfigOf('demo'))
  })

  it.each(['apiVersion: v1\n', 'clusters: null\nusers: []\n', '# nothing yet\n'])(
    'gets what %j lacks',
    (text) => {
      const { kind, apiVersion, ...entries } = parse(kubeconfigOf('demo'))
      expect(parse(into(text, kubeconfigOf('demo')))).toMatchObject(entries)
    },
  )

  it.each(['a: [', '- list\n', 'words'])('that is none (%j) is refused, with its name', (text) => {
    expect(() => into(text, kubeconfigOf('demo'))).toThrow('/0 is no kubeconfig')
  })
})

describe('two clusters of the same name', () => {
  const standing = kubeconfigOf('demo', { server: 'https://old:6443', caPem: 'old-ca' })

  it.each([
    ['address', { server: 'https://old:6443', caPem: 'new-ca' }],
    ['CA', { server: 'https://new:6443', caPem: 'old-ca' }],
  ])('are one where they share the %s', (_what, changes) => {
    const ours = kubeconfigOf('demo', changes)
    expect(parse(into(standing, ours))).toEqual(parse(ours))
  })

  it('are two where they share neither: ours does not take the place of the other', () => {
    expect(() => into(standing, kubeconfigOf('demo'))).toThrow(
      'your kubeconfig has another cluster "demo", at https://old:6443',
    )
  })
})

describe('several files, as kubectl takes them', () => {
  it('each entry is brought up to date in the first that has it; new ones go where kubectl would add them', () => {
    const [missing, first, second] = merged(
      [undefined, theirs, into('', kubeconfigOf('demo', { certPem: 'old' }))],
      kubeconfigOf('demo', { certPem: 'new' }),
    )
    expect(missing?.text).toBeUndefined()
    expect(first?.text).toBe(theirs)
    expect(second?.text).toBe(kubeconfigOf('demo', { certPem: 'new' }))
    const [, added, same] = merged([undefined, theirs, kubeconfigOf('other')], kubeconfigOf('demo'))
    expect(namesIn(added?.text ?? '', 'contexts')).toEqual(['home', 'admin@demo'])
    expect(same?.text).toBe(kubeconfigOf('other'))
  })

  it('one of them has the current context: none is set in another', () => {
    const without = theirs.replace('current-context: home\n', '')
    const [first] = merged([without, kubeconfigOf('other')], kubeconfigOf('demo'))
    expect(parse(first?.text ?? '')).not.toHaveProperty('current-context')
  })

  it('where there is none, the last is made', () => {
    const [first, last] = merged([undefined, undefined], kubeconfigOf('demo'))
    expect([first?.text, last?.text]).toEqual([undefined, kubeconfigOf('demo')])
  })
})

it('whatever clusters there are, in whatever files: each stays as it was, and a second time changes nothing', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(names, fc.array(fc.nat(2), { minLength: 6, maxLength: 6 }), (clusters, places) => {
      const [last = '', ...others] = clusters
      const files = [0, 1, 2].map((place) =>
        others
          .filter((_, index) => places[index] === place)
          .reduce<string | undefined>((text, name) => into(text, kubeconfigOf(name)), undefined),
      )
      const once = merged(files, kubeconfigOf(last))
      for (const name of clusters) {
        const holders = once.filter(({ text }) => text && namesIn(text, 'users').includes(`admin@${name}`))
        expect(holders).toHaveLength(1)
        expect(named(holders[0]?.text ?? '', 'users', `admin@${name}`)).toEqual(
          named(kubeconfigOf(name), 'users', `admin@${name}`),
        )
      }
      expect(mergeKubeconfig(once, fileToAddTo(once), kubeconfigOf(last))).toEqual([])
    }),
    { numRuns: 25 },
  )
})
