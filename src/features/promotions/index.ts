export { CANDIDATE, canaryFlag, flagName, mark } from './canary-flag';
export { compare, type Comparison, type Sample, type Side } from './compare/compare';
export { nextStep, type Verdict } from './next-step';
export { PromotionPlan } from './plan';
export {
  type Evaluation,
  isOver,
  type Promotion,
  PROMOTION_STATES,
  type PromotionState,
  type PromotionStep,
} from './promotion';
export { checkMove, type Move, type NewPromotion, Promotions } from './promotions.store';
export { PromotionsModule } from './promotions.module';
