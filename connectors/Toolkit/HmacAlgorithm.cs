namespace DevOpsAI.Connectors.Toolkit;

/// <summary>The hash under a signature over a body.</summary>
public enum HmacAlgorithm { Sha1, Sha256, Sha512 }
