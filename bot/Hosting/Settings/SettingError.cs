namespace DevOpsAI.Bot.Hosting.Settings;

/// <summary>What a mistake in the settings is about.</summary>
internal enum SettingArea
{
    /// <summary>A value, or a setting that means nothing.</summary>
    Settings,

    /// <summary>A secret that is not there, or that others can read or guess.</summary>
    Secrets,

    /// <summary>A secret that everybody knows.</summary>
    SampleSecrets,

    Runbooks,

    Policies,
}

/// <summary>A mistake in the settings.</summary>
/// <param name="Message">One sentence that says what to do; of runbooks, one line for each mistake in them.</param>
internal sealed record SettingError(SettingArea Area, string Message);
