namespace DevOpsAI.Bot.Views;

/// <summary>How something stands, as whoever shows it may color it.</summary>
internal enum Tone { Default, Accent, Good, Warning, Attention }
