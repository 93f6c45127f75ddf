using DevOpsAI.Tenancy;

namespace DevOpsAI.Connections.Secrets;

/// <summary>What secrets of a client are called that an administrator may name in chat: they begin with the client's own name.</summary>
public static class SecretNames
{
    private const string Variable = "env:";

    /// <summary>The client that examples are written for.</summary>
    private const string OfExamples = "CONTOSO_";

    /// <summary>As in <c>NORTH_WIND_</c> for <c>north-wind</c>.</summary>
    public static string GetVariablePrefix(TenantId tenant) => $"{tenant.Value.ToUpperInvariant().Replace('-', '_')}_";

    /// <summary>A setting's example as this client may use it; what names no variable stays as it is.</summary>
    public static string GetExample(string example, TenantId tenant)
    {
        if (!example.StartsWith(Variable, StringComparison.Ordinal))
            return example;
        var name = example[Variable.Length..];
        return Variable + GetVariablePrefix(tenant)
            + (name.StartsWith(OfExamples, StringComparison.Ordinal) ? name[OfExamples.Length..] : name);
    }
}
