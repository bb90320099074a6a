namespace Tailer.Wire;

/// <summary>Roles as sets and as words.</summary>
public static class Roles
{
    public static RoleSet Set(this Role role) => (RoleSet)((1 << (int)role) & (int)RoleSet.All);

    public static bool Contains(this RoleSet set, Role role) => (set & role.Set()) != 0;

    public static bool IsDefined(Role role) => role is >= Role.Agent and <= Role.Operator;

    /// <summary>The word used in files, commands and messages.</summary>
    public static string Word(this Role role) => role switch
    {
        Role.Agent => "agent",
        Role.Buck => "buck",
        Role.Porter => "porter",
        Role.Archie => "archie",
        Role.Operator => "operator",
        _ => $"role {(int)role}",
    };

    public static bool TryParse(string word, out Role role)
    {
        for (role = Role.Agent; role <= Role.Operator; role++)
        {
            if (word == role.Word())
                return true;
        }
        role = Role.None;
        return false;
    }
}
