using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Cli.Commands.Keys;

/// <summary>A credential in words.</summary>
internal static class KeyText
{
    public static string Describe(Credential credential) =>
        $"""
        {(credential.IsIntermediate ? $"intermediate for {credential.IssuedRoles}, names {credential.Name}" : $"{credential.Role.Word()} {credential.Name}")}
          hosts        {credential.Hosts}
          environment  {credential.Environment}
          serial       {credential.Serial}
          valid        {LogTime.Format(credential.NotBefore)} to {LogTime.Format(credential.NotAfter)}
        """;
}
