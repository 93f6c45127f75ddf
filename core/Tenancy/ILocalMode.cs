namespace DevOpsAI.Tenancy;

/// <summary>Whether the bot runs in local mode: no Teams app id, loopback only, with Local Teams and the Sandbox beside it.</summary>
public interface ILocalMode
{
    bool IsLocal { get; }
}
