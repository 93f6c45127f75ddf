namespace DevOpsAI.Tenancy;

/// <summary>Whether the bot runs on one machine for one person, without a registration in Entra: reachable on loopback only.</summary>
public interface ILocalMode
{
    bool IsLocal { get; }
}
