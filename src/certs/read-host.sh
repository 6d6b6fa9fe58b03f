# The certificates of a host, on standard output. POSIX sh; changes nothing. A line that starts with "/" is the path of a file, the
# lines after it that start with a blank are what it holds; the last line is "end", without which the answer was cut off.
# Private keys stay where they are: they are taken out before anything else, also where a file was cut off in the middle.

LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
exec 2>/dev/null

# CAs first, each before the bundle that it is in as well; a pattern that matches nothing stays as it is, and is no file.
seen=:
for file in /etc/kubernetes/pki/*ca.crt /etc/kubernetes/pki/etcd/*ca.crt /etc/kubernetes/pki/*.crt /etc/kubernetes/pki/etcd/*.crt \
  /var/lib/kubelet/pki/kubelet-client-current.pem /var/lib/kubelet/pki/kubelet-server-current.pem /var/lib/kubelet/pki/kubelet.crt; do
  [ -e "$file" ] || continue
  case $seen in *":$file:"*) continue ;; esac
  seen="$seen$file:"
  echo "$file"
  sed -n -e '/BEGIN .*PRIVATE KEY/,/END .*PRIVATE KEY/d' -e '/BEGIN CERTIFICATE/,/END CERTIFICATE/s/^/ /p' "$file"
done

for file in /etc/kubernetes/*.conf; do
  [ -e "$file" ] || continue
  echo "$file"
  for field in certificate-authority-data client-certificate-data; do
    sed -n "s/^[ -]*$field: *\"*\([A-Za-z0-9+/=]*\)\"* *\$/ $field: \\1/p" "$file"
  done
done

echo end
