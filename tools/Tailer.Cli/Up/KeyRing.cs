using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Tailer.Hosting;
using Tailer.Wire;

namespace Tailer.Cli.Up;

/// <summary>Makes what is missing of an environment's keys: the authority, a credential for every part and one for the
/// command line, and the token of the web page. What is there stays.</summary>
internal sealed class KeyRing(UpLayout layout, TimeProvider time)
{
    /// <summary>A set on one machine is for trying out; ten years is "until the directory is deleted".</summary>
    private static readonly TimeSpan Validity = TimeSpan.FromDays(3650);

    private const int TokenBytes = 32;

    public void Ensure(IEnumerable<string> buckNames, string agentName)
    {
        string authorityPath = Path.Combine(layout.Keys, "environment.authority");
        if (!File.Exists(authorityPath))
        {
            using EnvironmentAuthority created = EnvironmentAuthority.Create();
            created.Save(authorityPath);
        }

        using EnvironmentAuthority authority = EnvironmentAuthority.Load(authorityPath);
        // Demo and system logs name other hosts in their lines.
        Issue(authority, Role.Agent, "agent", agentName, HostsPolicy.Any);
        foreach (string buck in buckNames)
            Issue(authority, Role.Buck, buck, buck, HostsPolicy.Own);
        Issue(authority, Role.Porter, "porter", "porter", HostsPolicy.Own);
        Issue(authority, Role.Archie, "archie", "archie", HostsPolicy.Own);
        Issue(authority, Role.Operator, "operator", "operator", HostsPolicy.Own);
        if (!File.Exists(layout.TokenFile))
            SecretFile.Write(layout.TokenFile, Encoding.ASCII.GetBytes(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes))));
    }

    /// <summary>This machine's name as a credential may carry it.</summary>
    public static string AgentName(string machine)
    {
        string name = string.Concat(machine.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-'));
        return name.Length is > 0 and <= 100 ? name : "agent";
    }

    private void Issue(EnvironmentAuthority authority, Role role, string file, string name, HostsPolicy hosts)
    {
        string path = layout.Credential(file);
        if (!File.Exists(path))
            authority.Issue(role, name, hosts, Validity, time).Save(path);
    }
}
