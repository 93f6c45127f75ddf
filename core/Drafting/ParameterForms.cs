using DevOpsAI.Connections;

namespace DevOpsAI.Drafting;

/// <summary>
/// Brings the text of an attribute into the form that observations use. Returns text that the parameter's pattern still has to accept.
/// </summary>
internal static class ParameterForms
{
    public static string Apply(ParameterForm form, string text)
    {
        var trimmed = text.Trim();
        return form switch
        {
            ParameterForm.Volume => VolumeName.From(trimmed),
            ParameterForm.Service when trimmed.EndsWith(".service", StringComparison.OrdinalIgnoreCase) => trimmed[..^".service".Length],
            ParameterForm.Array when trimmed.StartsWith("/dev/md", StringComparison.Ordinal) => trimmed["/dev/".Length..].TrimStart('/'),
            ParameterForm.Host => TargetNames.GetHost(trimmed),
            _ => trimmed,
        };
    }
}
