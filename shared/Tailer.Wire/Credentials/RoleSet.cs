namespace Tailer.Wire;

/// <summary>A set of roles: bit n stands for the role with number n.</summary>
[Flags]
public enum RoleSet
{
    None = 0,
    Agent = 1 << Role.Agent,
    Buck = 1 << Role.Buck,
    Porter = 1 << Role.Porter,
    Archie = 1 << Role.Archie,
    Operator = 1 << Role.Operator,
    All = Agent | Buck | Porter | Archie | Operator,
}
