/** What goes along with requests to those who sign them. Takes the requests; gives Markdown. */
import { type Request, requestFile } from './requests.ts'

const row = (request: Request): string => {
  const { subject, usages, names } = request.wanted
  const who = [`CN=${subject.commonName}`, ...subject.organizations.map((name) => `O=${name}`)].join(', ')
  return `| ${requestFile(request, 'csr')} | ${who} | ${usages.join(', ')} | ${names.join(', ')} |`
}

export const requestsReadme = (
  cluster: string,
  requests: readonly Request[],
): string => `# Certificates for the Kubernetes cluster ${cluster}

Each folder is for one CA: \`ca\` for the cluster's, \`etcd-ca\` and \`front-proxy-ca\` for the other two. Sign each \`NAME.csr\` with it and
put the certificate beside it, as \`NAME.crt\` (PEM). Subject, usages and names have to be what the request asks for, no more and no less.
With OpenSSL, for a year:

\`\`\`sh
for csr in ca/*.csr; do
  openssl x509 -req -in "$csr" -CA ca.crt -CAkey ca.key -days 365 -copy_extensions copy -out "\${csr%.csr}.crt"
done
\`\`\`

\`super-admin\` (O=system:masters) makes the cluster, may do anything in it, and cannot be revoked. It is used once, never leaves the
machine that installs, and should be valid for a day or two.

Then, on that machine: \`slipway certs import\`.

| request | subject | usages | names and addresses |
| --- | --- | --- | --- |
${requests.map(row).join('\n')}
`
