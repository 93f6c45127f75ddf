namespace DevOpsAI.Connectors.Sandbox.Vendor;

/// <summary>The vendor says no. Nothing was changed.</summary>
internal sealed class SandboxRefusal(string code, string message, int status = 422) : Exception(message)
{
    public string Code => code;

    public int Status => status;
}
