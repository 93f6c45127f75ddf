namespace DevOpsAI.Tenancy;

/// <summary>The bot cannot start; the message says which setting or file is wrong and what to do.</summary>
public sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
