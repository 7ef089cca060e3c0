/** Words that say how hard a request is, in English, Portuguese and Spanish; lower case, without accents. */

const words = (text: string): readonly string[] => text.trim().split(/\s*,\s*/);

/** Asking for thought: reasons, plans, comparisons, proofs. */
export const REASONING = words(`
  step by step, think through, think carefully, reason about, reasoning, explain why, root cause, trade off, trade offs, tradeoff,
  tradeoffs, pros and cons, prove, proof, derive, deduce, infer, analyze, analyse, analysis, evaluate, critique, compare, contrast,
  justify, strategy, strategic, architecture, design a, plan a, roadmap, optimize, optimise, debug, refactor, diagnose, hypothesis,
  counterexample, edge cases, implications, feasibility, forecast,
  passo a passo, pense bem, raciocine, raciocinio, explique por que, causa raiz, pros e contras, prove que, prova, demonstre, deduza,
  derive, analise, avalie, critique, compare, contraste, justifique, estrategia, estrategico, arquitetura, projete, planeje, otimize,
  depure, refatore, diagnostique, hipotese, contraexemplo, casos extremos, implicacoes, viabilidade, previsao,
  paso a paso, piensa bien, razona, razonamiento, explica por que, causa raiz, pros y contras, demuestra, demostracion, deduce,
  deriva, analiza, analisis, evalua, critica, compara, contrasta, justifica, arquitectura, disena, planifica, optimiza, depura,
  refactoriza, diagnostica, hipotesis, contraejemplo, casos limite, implicaciones, viabilidad, prevision
`);

export const MATHEMATICS = words(`
  theorem, lemma, integral, derivative, equation, equations, polynomial, matrix, matrices, eigenvalue, eigenvalues, logarithm,
  probability distribution, standard deviation, variance, modulo, combinatorics, calculus, algebra, trigonometry, solve for,
  teorema, lema, derivada, equacao, equacoes, polinomio, matriz, autovalor, autovalores, logaritmo, distribuicao de probabilidade,
  desvio padrao, variancia, combinatoria, calculo, trigonometria,
  ecuacion, ecuaciones, matrices, autovalores, distribucion de probabilidad, desviacion estandar, varianza, trigonometria
`);

/** Work that small models do as well as large ones. */
export const ROUTINE = words(`
  translate, translation, summarize, summarise, summary, tl dr, classify, categorize, categorise, label this, extract, rephrase,
  rewrite, paraphrase, proofread, fix the grammar, spell check, spelling, yes or no, true or false, one word, sentiment, keywords,
  traduza, traduzir, traducao, resuma, resumir, resumo, classifique, categorize, extraia, extrair, reescreva, parafraseie,
  corrija a gramatica, ortografia, sim ou nao, verdadeiro ou falso, uma palavra, sentimento, palavras chave,
  traduce, traducir, traduccion, resume, resumen, clasifica, clasificar, categoriza, extrae, extraer, reescribe, parafrasea,
  corrige la gramatica, si o no, verdadero o falso, una palabra, sentimiento, palabras clave
`);
